import { randomUUID } from 'node:crypto'
import { relative } from 'node:path'
import { usageError } from '../../../kernel/errors.ts'
import { checkMessage } from '../../../outbox/accept.ts'
import type { NotifyMessage } from '../../../providers/notify.ts'
import type { Backend } from '../../settings.ts'

interface Options {
  /** Whether a message is looked at before it is taken; true when absent. */
  isChecked?: boolean | ((message: NotifyMessage) => boolean)
  pathOf?(dir: string, message: NotifyMessage): string
}

/** Writes mails as files by hand, in place of the outbox: once per key, as long as this process remembers. */
export function writeMails(
  backend: Backend,
  write: (path: string, text: string) => Promise<void>,
  { isChecked = true, pathOf = (dir) => `${dir}/${Date.now()}_${randomUUID()}.json` }: Options = {},
): void {
  const kept = new Map<string, string>()
  const { mode } = backend.notify
  backend.notify = {
    mode,
    async send(message, { key } = {}) {
      if (isChecked === true) checkMessage(message)
      if (typeof isChecked === 'function' && !isChecked(message)) throw usageError('message')
      const before = key === undefined ? undefined : kept.get(key)
      const path = before ?? pathOf(backend.outbox.dir, message)
      const flags = { sandbox: mode === 'sandbox', mocked: mode === 'mock' }
      // Before it is written, as two may be at it at once.
      if (key !== undefined) kept.set(key, path)
      const entry = { ...message, ...flags, ts: Math.floor(Date.now() / 1000) }
      if (before === undefined) await write(path, JSON.stringify(entry, null, 2))
      return { id: relative(backend.outbox.dir, path), path, mode, ...flags, replayed: before !== undefined }
    },
  }
}
