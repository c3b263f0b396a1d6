import type { Database } from '../engines/define.ts'
import type { Inventory } from './inventory.ts'
import { quoteIdentifier } from './quoting.ts'

/** Row security would hide rows from the owner, who still is no superuser; names of assertions are found in any schema. */
export async function readable(superuser: Database, owner: Database, inventory: Inventory): Promise<void> {
  const [self] = await owner.query('select session_user::text as name')
  const name = quoteIdentifier(self?.name ?? '')
  await superuser.exec(`alter role ${name} bypassrls`)
  if (inventory.server.major >= 14) await superuser.exec(`grant pg_read_all_data to ${name}`)
  const schemas = inventory.schemas.filter((each) => each !== 'public').map(quoteIdentifier)
  await owner.exec(`set search_path = ${['"$user"', 'public', ...schemas].join(', ')}`)
}
