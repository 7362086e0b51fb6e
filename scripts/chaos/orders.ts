import { parseOrder, type Order } from './traffic.js'

/** Lets this process wait for orders of its parent, and end with it. `begin …` is obeyed at once, and gets all other messages as they come. */
export function awaitOrders (begin: (order: Order, messages: string[]) => Promise<void>): void {
  const messages: string[] = []
  process.once('disconnect', () => process.exit(1))
  process.on('message', (message) => {
    if (!String(message).startsWith('begin ')) messages.push(String(message))
    else begin(parseOrder(String(message)), messages).catch((error: unknown) => { console.error(error); process.exit(1) })
  })
}
