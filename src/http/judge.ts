import type { FastifyRequest } from 'fastify'
import type { SchemaErrorFormatter } from 'fastify/types/schema.js'
import { noteFields, removeOthers } from './added-fields.js'
import { refusalOf } from './head-refusal.js'
import type { ChangeLog } from './log-failure.js'
import { headValidator, writePart } from './request-part.js'
import { isValidationFailure, type RequestState } from './request-state.js'
import type { PartShape } from './route-conversion.js'
import { refusalOfHead } from './validate.js'

/** One part of a request, before and after its upgrade. */
export interface UpgradedPart { readonly part: PartShape, readonly sent: unknown, readonly upgraded: unknown }

/** What makes an answer of what head refuses. */
export interface JudgeContext {
  readonly changeLog: ChangeLog
  readonly format: SchemaErrorFormatter
}

/**
 * Runs head's validator on an upgraded part; the defaults of head that it fills in are taken out again.
 * @throws what the client has to correct, or FST_ERR_VINTAGE_UPGRADE_REFUSED
 */
export async function judge (request: FastifyRequest, state: RequestState, upgrade: UpgradedPart, context: JudgeContext): Promise<void> {
  const { part: { part, shape }, upgraded } = upgrade
  const noted = shape.traces.hasHeadDefaults ? noteFields(upgraded) : null
  const reason = await refusalOfHead(headValidator(request, part), upgraded)
  removeOthers(upgraded, noted)
  if (reason !== null) throw refuse(request, state, upgrade, reason, context)
}

/**
 * Gives what Fastify's own run of head's validators has found the form of an answer to the client, and the part back that the client sent.
 * @returns the error itself where no upgraded part is at fault
 */
export function judgedByFastify (request: FastifyRequest, state: RequestState, error: Error, context: JudgeContext): Error {
  const upgrade = state.upgrades.find(({ part: { part } }) => part === Reflect.get(error, 'validationContext'))
  if (upgrade === undefined) return error
  writePart(request, upgrade.part.part, upgrade.sent)
  // what a validator of the app's own throws is no list of errors
  return refuse(request, state, upgrade, isValidationFailure(error) ? error.validation : error, context)
}

function refuse (request: FastifyRequest, state: RequestState, upgrade: UpgradedPart, reason: unknown, { changeLog, format }: JudgeContext): Error {
  const refusal = refusalOf(upgrade, reason, state.version, format)
  state.faults = refusal.faults
  if (refusal.isOurs) changeLog.refused(request, state, upgrade.part.place, reason)
  return refusal.error
}
