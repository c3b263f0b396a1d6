/** Something with a place in time: later additions have greater numbers. */
export interface Sequenced {
  readonly sequence: number
}

/** Slots in the order they were made. Additions are usually the newest; looking up and removing is a binary search. */
export class OrderedList<Slot extends Sequenced> {
  private readonly slots: Slot[]

  /** Most lists of an index stay at one: it starts with exactly that much room. */
  constructor(first?: Slot) {
    this.slots = first ? [first] : []
  }

  get size(): number {
    return this.slots.length
  }

  at(position: number): Slot | undefined {
    return this.slots[position]
  }

  add(slot: Slot): void {
    const last = this.slots.at(-1)
    if (!last || last.sequence < slot.sequence) this.slots.push(slot)
    else this.slots.splice(this.firstFrom(slot.sequence), 0, slot)
  }

  remove(slot: Slot): void {
    const position = this.firstFrom(slot.sequence)
    if (this.slots[position]?.sequence === slot.sequence) this.slots.splice(position, 1)
  }

  /** The position of the first slot of this sequence number or a later one; `size` when there is none. */
  firstFrom(sequence: number): number {
    return this.firstWhere((slot) => slot.sequence >= sequence)
  }

  /** The position of the first slot for which `isPast` holds, given that it holds for all behind it too. */
  firstWhere(isPast: (slot: Slot) => boolean): number {
    let low = 0
    let high = this.slots.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isPast(this.slots[middle]!)) high = middle
      else low = middle + 1
    }
    return low
  }
}
