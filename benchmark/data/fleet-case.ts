import { setTimeout as sleep } from 'node:timers/promises'
import { answerQuestions } from '../harness/answer.js'
import { openSpanning } from './knexes.js'

// One process of a fleet that reads and writes all the time: node benchmark/data/fleet-case.ts <url> <name> <rows>

const [url = '', name = '', rows = ''] = process.argv.slice(2)
const CLIENTS = 2
const { knex } = await openSpanning(url, CLIENTS, name)
let requests = 0
let failures = 0
let slowestMs = 0
let failure = ''

async function send (client: number): Promise<void> {
  for (let turn = client; ; turn++) {
    const began = performance.now()
    const id = 1 + turn * 7919 % Number(rows)
    try {
      const [row] = turn % 4 === 0
        ? await knex('customers').where({ id }).update({ full_name: `Name Nummer${turn}` }).returning('id')
        : await knex('customers').where({ id }).select('id', 'full_name')
      if (row === undefined || row.full_name === null) throw new Error(`row ${id} is read as ${JSON.stringify(row)}`)
    } catch (error) {
      failures++
      failure = String(error)
    }
    requests++
    slowestMs = Math.max(slowestMs, performance.now() - began)
    await sleep(10)
  }
}

for (let client = 0; client < CLIENTS; client++) send(client).catch((error: unknown) => { throw error })
answerQuestions({ requests: () => requests, failures: () => failures, slowest: () => slowestMs, failure: () => failure })
