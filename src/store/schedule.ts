export interface Task {
  /** What makes a task the same: scheduling it again moves it. */
  key: string
  /** Epoch seconds. */
  at: number
  sequence: number
}

/** Tasks by due time, each key once. Earlier ones first, of the same second in the order they were scheduled. */
export class Schedule<T> {
  private readonly tasks = new Map<string, Task & { value: T }>()
  private heap: (Task & { value: T })[] = []
  private sequence = 0
  private readonly onChange: ((key: string) => void) | undefined

  /** `onChange` is told the key of every task that came, moved or went. */
  constructor(onChange?: (key: string) => void) {
    this.onChange = onChange
  }

  get size(): number {
    return this.tasks.size
  }

  set(key: string, at: number, value: T): void {
    const task = { key, at, value, sequence: ++this.sequence }
    this.tasks.delete(key)
    this.tasks.set(key, task)
    this.push(task)
    this.onChange?.(key)
  }

  get(key: string): { at: number; value: T } | undefined {
    return this.tasks.get(key)
  }

  /** Keys in the order in which tasks of the same second run. */
  keys(): IterableIterator<string> {
    return this.tasks.keys()
  }

  delete(key: string): void {
    if (this.tasks.delete(key)) this.onChange?.(key)
  }

  /** Epoch seconds of the next task; undefined when there is none. */
  nextAt(): number | undefined {
    this.dropReplaced()
    return this.heap[0]?.at
  }

  /** Takes the next task out if it is due at `now` (epoch seconds). */
  takeDue(now: number): { at: number; value: T } | undefined {
    this.dropReplaced()
    const first = this.heap[0]
    if (!first || first.at > now) return undefined
    this.pop()
    this.tasks.delete(first.key)
    this.onChange?.(first.key)
    return first
  }

  private dropReplaced(): void {
    while (this.heap[0] && this.tasks.get(this.heap[0].key) !== this.heap[0]) this.pop()
  }

  private push(task: Task & { value: T }): void {
    const { heap } = this
    let child = heap.push(task) - 1
    while (child > 0) {
      const parent = (child - 1) >> 1
      if (!isBefore(heap[child]!, heap[parent]!)) return
      swap(heap, child, parent)
      child = parent
    }
  }

  private pop(): void {
    const { heap } = this
    const last = heap.pop()!
    if (heap.length === 0) return
    heap[0] = last
    for (let parent = 0; ; ) {
      const children = [2 * parent + 1, 2 * parent + 2].filter((at) => at < heap.length)
      const least = children.reduce((best, at) => (isBefore(heap[at]!, heap[best]!) ? at : best), parent)
      if (least === parent) return
      swap(heap, least, parent)
      parent = least
    }
  }
}

const isBefore = (a: Task, b: Task): boolean => a.at < b.at || (a.at === b.at && a.sequence < b.sequence)

function swap<T>(list: T[], a: number, b: number): void {
  const kept = list[a]!
  list[a] = list[b]!
  list[b] = kept
}
