import type { Dice } from './dice.ts'

const mostOfAKind = 40

/** What the fuzzer has met: ids by the kind of their object, to be used where they belong and where they do not. */
export class Ids {
  private readonly byObject = new Map<string, string[]>()

  /** Takes the ids of all objects out of an answer. */
  learn(text: string): void {
    for (const [, id, object] of text.matchAll(/"id": "([^"]+)",\s*"object": "([^"]+)"/g)) {
      const known = this.byObject.get(object!) ?? []
      known[known.length < mostOfAKind ? known.length : id!.charCodeAt(id!.length - 1) % mostOfAKind] = id!
      this.byObject.set(object!, known)
    }
  }

  any(dice: Dice): string {
    const lists = [...this.byObject.values()]
    return lists.length === 0 ? 'cus_nope' : dice.pick(dice.pick(lists))
  }

  /** An id of one of these kinds, if one is known. */
  of(objects: readonly string[], dice: Dice): string | undefined {
    const known = objects.flatMap((object) => this.byObject.get(object) ?? [])
    return known.length === 0 ? undefined : dice.pick(known)
  }

  /** An id that fits a name such as `default_payment_method`, if one is known. */
  named(name: string, dice: Dice): string | undefined {
    const singular = name.replace(/s$/, '')
    const fits = (object: string): boolean => `_${singular}`.endsWith(`_${object.slice(object.lastIndexOf('.') + 1)}`)
    return this.of([...this.byObject.keys()].filter(fits), dice)
  }
}
