import { Type, type Static } from '@sinclair/typebox'

/** What no version ever changed. */
export const Notice = Type.Object({
  id: Type.Integer(),
  title: Type.String(),
  text: Type.String(),
  is_urgent: Type.Boolean(),
  posted_at: Type.String({ format: 'date-time' })
}, { $id: 'Notice' })

export type Notice = Static<typeof Notice>

/** As many notices as a list shows. */
export function notices (): Notice[] {
  return Array.from({ length: 20 }, (_, index) => ({
    id: index + 1, title: `Notice ${index}`, text: 'The depot is closed on Sunday, and opens again on Monday.', is_urgent: index % 5 === 0, posted_at: '2026-11-02T17:45:00.000Z'
  }))
}
