import { SetupError } from '../scripts/postgres/setup-error.js'

/**
 * Reads PORT and HOST.
 * @returns 3000 and 127.0.0.1 where they are not set
 * @throws SetupError when PORT is no port
 */
export function readListenAddress (env: NodeJS.ProcessEnv): { host: string, port: number } {
  const text = env.PORT ?? ''
  const port = text === '' ? 3000 : Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new SetupError(`PORT is \`${text}\`, which is no port: set it to a number from 1 to 65535.`)
  }
  return { host: env.HOST === undefined || env.HOST === '' ? '127.0.0.1' : env.HOST, port }
}
