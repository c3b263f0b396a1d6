import type { Message, Status } from './message.ts'

export interface MessageFilter {
  namespace?: string | undefined
}

/** The messages of one sandbox, newest last, the oldest dropped beyond the limits. */
export interface MessageStore {
  add(message: Message): void
  get(id: string): Message | undefined
  list(filter?: MessageFilter): Message[]
  step(id: string, status: Status, at: number): Message | undefined
  /** Removes the messages of one namespace, or all of them. */
  clear(filter?: MessageFilter): number
  /** Called after every change; returns how to stop. */
  onChange(listener: () => void): () => void
  /** Called after a clear, so that what was remembered about those messages goes too. */
  onClear(listener: (filter: MessageFilter) => void): void
}

export interface StoreLimits {
  maxMessages?: number
  /** Of text and html together. */
  maxCharacters?: number
}

export function createMessageStore({
  maxMessages = 10_000,
  maxCharacters = 200_000_000,
}: StoreLimits = {}): MessageStore {
  const messages = new Map<string, Message>()
  const listeners = new Set<() => void>()
  const clearListeners: ((filter: MessageFilter) => void)[] = []
  let characters = 0

  const changed = (): void => {
    for (const listener of [...listeners]) listener()
  }
  function remove(message: Message): void {
    messages.delete(message.id)
    characters -= sizeOf(message)
  }
  return {
    add(message) {
      messages.set(message.id, message)
      characters += sizeOf(message)
      while (messages.size > maxMessages || (characters > maxCharacters && messages.size > 1)) {
        remove(messages.values().next().value as Message)
      }
      changed()
    },
    get: (id) => messages.get(id),
    list: ({ namespace } = {}) =>
      [...messages.values()].filter((each) => namespace === undefined || each.namespace === namespace),
    step(id, status, at) {
      const message = messages.get(id)
      if (!message) return undefined
      message.status = status
      message.steps.push({ status, at })
      changed()
      return message
    },
    clear({ namespace } = {}) {
      const gone = [...messages.values()].filter((each) => namespace === undefined || each.namespace === namespace)
      for (const message of gone) remove(message)
      for (const listener of clearListeners) listener({ namespace })
      changed()
      return gone.length
    },
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onClear(listener) {
      clearListeners.push(listener)
    },
  }
}

const sizeOf = ({ text = '', html = '' }: Message): number => text.length + html.length
