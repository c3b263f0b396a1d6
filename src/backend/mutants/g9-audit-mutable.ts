import { defineMutant } from './define.ts'
import { atTheDoor } from './support/http.ts'

export const g9 = defineMutant({
  id: 'G9',
  defect: 'G9',
  summary: 'records can be deleted over HTTP',
  wrap(app, { backend }) {
    atTheDoor(app, /^\/audit(\/|$)/, async ({ method, url }) => {
      if (method === 'GET' || method === 'HEAD') return undefined
      const id = decodeURIComponent(url.split('?', 1)[0]?.split('/')[2] ?? '')
      await backend.database.transaction(async (tx) => {
        await tx.query('alter table audit_logs disable trigger user')
        await tx.query('delete from audit_logs where id::text = $1', [id])
        await tx.query('alter table audit_logs enable trigger user')
      })
      return { deleted: true }
    })
  },
})
