import Fastify, { type FastifyInstance } from 'fastify'
import vintage from 'fastify-vintage'
import { BEHIND, readBehind } from '../chain/hand-written.js'
import { answerQuestions } from '../harness/answer.js'
import { historyOfParcels, VERSIONS_BEHIND, versionBehind } from '../model/history.js'
import { registerByHand } from './by-hand-routes.js'
import { registerHeadRoutes } from './head-routes.js'
import { versionConstraint } from './version-constraint.js'

// The program of one server: node benchmark/http/case.ts plugin | bare | by-hand 50 | constraints

const [kind, distance] = process.argv.slice(2)

async function build (): Promise<FastifyInstance> {
  switch (kind) {
    case 'plugin': {
      const app = Fastify()
      // what that costs is measured by `bench:startup`; here clients of every version come first
      await app.register(vintage, { versions: historyOfParcels('functions'), default: versionBehind(VERSIONS_BEHIND), warmUp: false })
      registerHeadRoutes(app)
      return app
    }
    case 'by-hand': {
      const app = Fastify()
      registerByHand(app, readBehind(distance))
      return app
    }
    case 'constraints': return buildConstrained()
    default: {
      const app = Fastify()
      registerHeadRoutes(app)
      return app
    }
  }
}

/** The router itself tells the versions apart, and every version has routes of its own. */
function buildConstrained (): FastifyInstance {
  const app = Fastify()
  app.addConstraintStrategy(versionConstraint)
  for (const behind of BEHIND) registerByHand(app, behind, { version: versionBehind(behind) })
  return app
}

/** One request from clients of every version, so that whoever is measured finds a server that serves all of them. */
async function meetAllVersions (app: FastifyInstance): Promise<void> {
  for (let behind = 0; behind <= VERSIONS_BEHIND; behind++) {
    for (const url of ['/parcels', '/notices']) await app.inject({ url, headers: { 'api-version': versionBehind(behind) } })
  }
}

const app = await build()
if (kind === 'plugin') await meetAllVersions(app)
await app.listen({ host: '127.0.0.1', port: 0 })

answerQuestions({ port: () => Number(new URL(app.listeningOrigin).port) })
