/** A map that tells which keys were set or deleted; a plain one when nobody wants to know. */
export function watchedMap<Value>(onChange: ((key: string) => void) | undefined): Map<string, Value> {
  const map = new Map<string, Value>()
  if (!onChange) return map
  const { set, delete: remove } = map
  return Object.assign(map, {
    set(key: string, value: Value) {
      onChange(key)
      return set.call(map, key, value)
    },
    delete(key: string) {
      onChange(key)
      return remove.call(map, key)
    },
  })
}
