/** Tells that statements of instance `$1` go to a replica. */
export const NOTE_REPLICA = 'update vintage.instances set replica = true where id = $1'
