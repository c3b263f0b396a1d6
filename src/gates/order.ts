export interface Ordered<T> {
  /** What others need comes first; otherwise as given. */
  order: T[]
  /** Ids that need each other in a circle, first one repeated at the end. */
  cycle?: string[]
}

/** Sorts by need, keeping the given order wherever it is free. Needs that name nothing given are ignored. */
export function orderByNeeds<T>(
  items: readonly T[],
  id: (item: T) => string,
  needs: (item: T) => readonly string[],
): Ordered<T> {
  const byId = new Map(items.map((item) => [id(item), item]))
  const done = new Set<string>()
  const order: T[] = []
  const visit = (name: string, trail: readonly string[]): string[] | undefined => {
    const item = byId.get(name)
    if (!item || done.has(name)) return undefined
    if (trail.includes(name)) return [...trail.slice(trail.indexOf(name)), name]
    for (const need of needs(item)) {
      const cycle = visit(need, [...trail, name])
      if (cycle) return cycle
    }
    done.add(name)
    order.push(item)
    return undefined
  }
  for (const item of items) {
    const cycle = visit(id(item), [])
    if (cycle) return { order: [...items], cycle }
  }
  return { order }
}
