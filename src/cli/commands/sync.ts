import { usageError } from '../../kernel/errors.ts'
import { defineCommand } from '../define.ts'

/** `gatekit sync products|usage`: has a backend take over the provider's products, or report usage to its meters. */
export const sync = defineCommand({
  name: 'sync',
  summary: 'have a backend take over the provider’s products, or report usage to its meters (products, usage)',
  configure(command) {
    command
      .argument('<what>', 'products or usage')
      .option(
        '--contract <file>',
        'send the request that this contract declares (default: that of the reference backend)',
      )
      .option('--base-url <url>', 'where the backend is (also GATEKIT_BASE_URL; default: the app of gatekit serve)')
      .option('--token <token>', 'of its administrator (also GATEKIT_ADMIN_TOKEN)')
      .option('--id <product>', 'products: only this one')
      .option('--from <time>', 'usage: since when, such as 2026-06-21T04:00:00Z (default: 24 hours ago)')
      .option('--to <time>', 'usage: until when, not included (default: now)')
      .option('--customer <id>', 'usage: only of this customer')
      .option('--force', 'usage: also what the provider refused for good')
      .option('--allow <hosts>', 'with --contract: hosts beyond this machine (comma separated)')
      .addHelpText('after', '\nExits 1 when something was refused or failed, 3 when the backend does not answer.')
  },
  async run(context) {
    const [what] = context.args
    if (what !== 'products' && what !== 'usage')
      throw usageError(`sync ${what}: no such thing`, 'use products or usage')
    return (await import('../sync/run.ts')).runSync(context, what)
  },
})
