import { Type } from '@sinclair/typebox'

/** What every error looks like. */
export const ErrorEnvelope = Type.Object({
  error: Type.Object({
    code: Type.String(),
    message: Type.String()
  })
}, { $id: 'ErrorEnvelope' })

/** The responses of every route beside its own. */
export const errorResponses = { '4xx': ErrorEnvelope, '5xx': ErrorEnvelope }
