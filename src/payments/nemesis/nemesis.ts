import type { Contract } from '../contract/schema.ts'
import { contractEnvironment } from '../target/environment.ts'
import type { EnvironmentChanges } from '../target/types.ts'
import { commandOutage } from './outage.ts'
import { startProxy } from './proxy.ts'
import type { Nemesis, Outage, StoreProxy } from './types.ts'

/**
 * Everything that the contract allows to be taken away. With `db_proxy` the proxy listens from now on, so it must be there before the
 * target starts. Throws a GatekitError (exit 3) when its port is taken.
 */
export async function createNemesis(contract: Contract, { own }: { own: EnvironmentChanges }): Promise<Nemesis> {
  const { control, dir } = contract
  const env = contractEnvironment(contract, own)
  const outageOf = (name: 'db' | 'mail' | 'audit'): Outage | undefined => {
    const commands = control[name]
    return commands && commandOutage({ name: `control.${name}`, commands, cwd: dir, env })
  }
  const dbProxy = control.dbProxy && (await startProxy(control.dbProxy))
  const db = outageOf('db') ?? (dbProxy && proxyOutage(dbProxy))
  const mail = outageOf('mail')
  const audit = outageOf('audit')
  return {
    ...(db && { db }),
    ...(mail && { mail }),
    ...(audit && { audit }),
    ...(dbProxy && { dbProxy }),
    async close() {
      const ends = await Promise.allSettled([db?.up(), mail?.up(), audit?.up(), dbProxy?.close()])
      for (const end of ends) if (end.status === 'rejected') throw end.reason
    },
  }
}

function proxyOutage(proxy: StoreProxy): Outage {
  let isDown = false
  return {
    get isDown() {
      return isDown
    },
    async down() {
      isDown = true
      proxy.cut()
    },
    async up() {
      isDown = false
      proxy.mend()
    },
  }
}
