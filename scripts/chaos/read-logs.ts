import { open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Entry } from './log.js'

/** The logs of all processes of a run, each read once. */
export interface Logs {
  /** where a process is to write */
  fileOf (name: string): string
  /** what was logged since the last call */
  readNew (): Promise<Entry[]>
}

/** Opens the logs of a folder. */
export function openLogs (folder: string): Logs {
  const offsets = new Map<string, number>()
  return {
    fileOf (name) {
      const file = join(folder, `${name}.log`)
      if (!offsets.has(file)) offsets.set(file, 0)
      return file
    },
    async readNew () {
      const entries: Entry[] = []
      for (const [file, offset] of offsets) {
        const text = await readFrom(file, offset)
        // the last line may be half written: its process was killed, or is at it
        const whole = text.subarray(0, text.lastIndexOf('\n') + 1)
        offsets.set(file, offset + whole.length)
        for (const line of whole.toString().split('\n')) if (line !== '') entries.push(JSON.parse(line))
      }
      return entries
    }
  }
}

async function readFrom (file: string, offset: number): Promise<Buffer> {
  const handle = await open(file).catch(() => undefined)
  if (handle === undefined) return Buffer.alloc(0)
  try {
    const { size } = await handle.stat()
    const text = Buffer.alloc(size - offset)
    const { bytesRead } = await handle.read(text, 0, text.length, offset)
    return text.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
