/**
 * The behaviours of the version files, to be listed by the app so that a misspelt name does not compile.
 * @example declare module 'fastify-vintage' { interface VintageBehaviours { 'checks-avatar-size': true } }
 */
export interface VintageBehaviours {}

/** The name of a behaviour: any string until {@link VintageBehaviours} lists some. */
export type BehaviourName = [keyof VintageBehaviours] extends [never] ? string : Extract<keyof VintageBehaviours, string>
