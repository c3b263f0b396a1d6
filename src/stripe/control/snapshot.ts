import { restoreAccount, snapshotDocument, snapshotOf } from '../state/document.ts'
import { bodyOf, type ControlRoutes, Refused } from './define.ts'

/** The account as a document, and back: into the same account or another one, which is replaced. */
export const snapshotRoutes: ControlRoutes = {
  'POST /_gatekit/snapshot': ({ accounts, account, api }) => snapshotOf(accounts, account, api),

  'POST /_gatekit/restore'(control) {
    const document = bodyOf(control, snapshotDocument)
    const { account, accounts, onReset } = control
    if (account.platform !== undefined)
      throw new Refused(400, 'restore the platform: it has its connected accounts in it')
    onReset?.(accounts.reset(account.id))
    restoreAccount(accounts, account.id, document)
    const restored = accounts.open(account.id)
    for (const each of [restored, ...accounts.connectedTo(account.id)]) control.delivery?.resume(each)
    return { restored: account.id, objects: [...restored.store.all()].reduce((sum, [, table]) => sum + table.size, 0) }
  },
}
