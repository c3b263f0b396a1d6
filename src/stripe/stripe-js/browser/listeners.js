/** `on`, `once` and `off` as Stripe's objects have them, for the object that `self` gives, and `emit` for us. */
export function createListeners(self) {
  const listeners = new Map()
  const of = (name) => listeners.get(name) ?? []
  const methods = {
    on(name, listener) {
      listeners.set(name, [...of(name), listener])
      return self()
    },
    once(name, listener) {
      const once = (detail) => {
        methods.off(name, once)
        listener(detail)
      }
      return methods.on(name, once)
    },
    off(name, listener) {
      listeners.set(name, listener ? of(name).filter((each) => each !== listener) : [])
      return self()
    },
  }
  return {
    methods,
    emit(name, detail) {
      for (const listener of [...of(name)]) listener(detail)
    },
    hears: (name) => of(name).length > 0,
    clear: () => listeners.clear(),
  }
}
