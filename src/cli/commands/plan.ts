import { exitCodes } from '../../kernel/exit.ts'
import { defineCommand } from '../define.ts'

/** `gatekit plan -o plan.json`: the ids and the digest of what would be run; shards and their merge go by it. */
export const plan = defineCommand({
  name: 'plan',
  summary: 'say what would be run, with the digest that shards and their merge go by; runs nothing',
  configure(command) {
    command
      .argument('[names...]', 'gates, or checks as gate/check')
      .option('--profile <name>', 'a profile of gatekit.yaml')
      .option('--env <name>', 'an environment of gatekit.yaml')
      .option('--base-url <url>', 'the address that will be judged (also GATEKIT_BASE_URL, OI_BASE_URL)')
      .option('--config <file>', 'a gatekit.yaml other than the nearest')
      .option('--changed-since <ref>', 'only gates with inputs that have changed since this commit or branch')
      .option('-o, --output <file>', 'write the plan here')
      .option('--json', 'print the plan as JSON')
  },
  async run({ args, options, cwd, env, screen }) {
    const { resolve } = await import('node:path')
    const { usageError } = await import('../../kernel/errors.ts')
    const { writeFileAtomic } = await import('../../kernel/files.ts')
    const { stableJson } = await import('../../kernel/json.ts')
    const { chainsOfFile, planFileOf } = await import('../../gates/plan-file.ts')
    const { decide } = await import('../gate-run/decide.ts')
    const text = (name: string): string | undefined => options[name] as string | undefined
    const profile = text('profile')
    if (args.length > 0 && profile !== undefined)
      throw usageError('names and --profile were given together', 'name gates, or a profile')
    const given = Object.fromEntries(
      ['config', 'env', 'baseUrl', 'changedSince'].flatMap((name) =>
        text(name) === undefined ? [] : [[name, text(name)]],
      ),
    )
    const selection = { ...(args.length > 0 && { names: args }), ...(profile !== undefined && { profile }) }
    const decision = await decide({ cwd, env, screen }, given, selection)
    const file = planFileOf({ ...decision, commit: decision.git.sha })
    const output = text('output')
    if (output !== undefined) await writeFileAtomic(resolve(cwd, output), stableJson(file))
    if (screen.json) screen.print(JSON.stringify(file))
    else {
      for (const { id, checks } of file.gates) {
        const chosen = checks.filter((check) => check.notSelected === undefined).length
        screen.say(`${id.padEnd(20)} ${String(chosen).padStart(4)} of ${checks.length} checks`)
      }
      const chains = chainsOfFile(file)
      const checks = chains.flat().length
      screen.print(
        `PLAN ${file.planSha256.slice(0, 16)}  ${file.environment} ${file.profile}: ${file.gates.length} gates, ${checks} checks in ${chains.length} chains`,
      )
    }
    const selected = file.gates.flatMap((gate) => gate.checks).filter((check) => check.chain !== undefined)
    return selected.length > 0 || file.narrowed?.isIdle ? exitCodes.pass : exitCodes.incomplete
  },
})
