import { change, type Change, type ChangeOptions } from '../change.js'

/** A way to behave that came with a version; made by {@link behaviour}. */
export interface Behaviour {
  readonly kind: 'behaviour'
  /** `checks-avatar-size` */
  readonly name: string
}

/**
 * Describes what the server does differently since a version, where no shape tells it. It is a change by itself:
 * a version file exports it. Handlers ask `request.vintage.has(name)`, which is true in that version and in newer ones.
 *
 * @param name named for what is new: small letters and digits, with hyphens between
 * @param description one sentence for the people who use the API; Markdown
 * @example export default behaviour('checks-avatar-size', 'avatars over 1 MB are refused')
 */
export function behaviour (name: string, description: string, options: Pick<ChangeOptions, 'transition'> = {}): Change {
  return change(description, [], { kind: 'behaviour', name }, options)
}
