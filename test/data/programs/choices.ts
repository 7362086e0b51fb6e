/**
 * The decisions of a generator, taken one after the other from a list of numbers. 0 is the first of each choice, which
 * should be the simplest one, and what comes when the list has ended: smaller numbers make a simpler program.
 */
export class Choices {
  readonly #numbers: readonly number[]
  #at = 0
  #names = 0

  constructor (numbers: readonly number[]) {
    this.#numbers = numbers
  }

  below (limit: number): number {
    return (this.#numbers[this.#at++] ?? 0) % limit
  }

  /** One time in `times`. */
  chance (times: number): boolean {
    return this.below(times) === times - 1
  }

  pick<Item> (items: readonly Item[]): Item {
    const item = items[this.below(items.length)]
    if (item === undefined) throw new TypeError('there is nothing to choose from')
    return item
  }

  /** At least one, at most `most` of them, in their order. */
  some<Item> (items: readonly Item[], most = items.length): Item[] {
    const wanted = 1 + this.below(Math.min(most, items.length))
    const start = this.below(items.length - wanted + 1)
    return items.slice(start, start + wanted)
  }

  many<Item> (least: number, most: number, make: (index: number) => Item): Item[] {
    return Array.from({ length: least + this.below(most - least + 1) }, (_, index) => make(index))
  }

  /** A name that nothing else has in the program. */
  name (prefix: string): string {
    return `${prefix}${++this.#names}`
  }
}
