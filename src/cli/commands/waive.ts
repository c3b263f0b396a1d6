import { defineCommand } from '../define.ts'

/** `gatekit waive gate/check`: writes a waiver into gatekit.yaml; comments and order of the file stay. */
export const waive = defineCommand({
  name: 'waive',
  summary: 'accept one failing check for a while: reason, ticket, approver, last day',
  configure(command) {
    command
      .argument('<check>', 'gate/check')
      .requiredOption('--reason <text>', 'why this may be ignored for now')
      .requiredOption('--ticket <id>', 'the ticket that ends this')
      .requiredOption('--approved-by <names>', 'who answers for it (comma separated)')
      .requiredOption('--expires <day>', 'its last day, such as 2026-12-31; at most 90 days from now')
      .option('--config <file>', 'a gatekit.yaml other than the nearest')
  },
  async run({ args, options, cwd, env, screen }) {
    const { readFile } = await import('node:fs/promises')
    const { relative } = await import('node:path')
    const { isSeq, parseDocument } = await import('yaml')
    const { refusal, usageError } = await import('../../kernel/errors.ts')
    const { createSecrets } = await import('../../kernel/secrets.ts')
    const { findSecretLiterals } = await import('../../kernel/secret-literals.ts')
    const { registerVariables } = await import('../../gates/secret-variables.ts')
    const { writeFileAtomic } = await import('../../kernel/files.ts')
    const { waiverDaysLeft, waiverSchema } = await import('../../config/waiver.ts')
    const { loadProject } = await import('../../gates/load.ts')
    const { checks } = await import('../../checks/list.ts')
    const { checkName } = await import('../../gates/project.ts')
    const { didYouMean } = await import('../../kernel/suggest.ts')

    const config = options.config as string | undefined
    const project = await loadProject({ cwd, registry: checks, ...(config !== undefined && { configPath: config }) })
    const known = project.gates.flatMap((gate) => gate.checks.map(checkName))
    const check = args[0]!
    if (!known.includes(check))
      throw usageError(`there is no check ${check}`, didYouMean(check, known) ?? 'gatekit list')
    const before = project.waivers.find((waiver) => waiver.check === check)
    if (before)
      throw usageError(
        `${check} has a waiver already (${before.ticket}, until ${before.expires})`,
        'change or remove it in gatekit.yaml',
      )
    const now = Date.now()
    const parsed = waiverSchema.safeParse({
      check,
      reason: options.reason,
      ticket: options.ticket,
      approvedBy: String(options.approvedBy)
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
      created: new Date(now).toISOString().slice(0, 10),
      expires: options.expires,
    })
    if (!parsed.success) {
      const [issue] = parsed.error.issues
      throw usageError(
        `--${issue?.path.join('.') === 'approvedBy' ? 'approved-by' : issue?.path.join('.')}: ${issue?.message}`,
      )
    }
    const secrets = createSecrets()
    registerVariables(secrets, env)
    const said = Object.values(parsed.data).flat().join('\n')
    if (secrets.sweep(said).length > 0 || findSecretLiterals(said).length > 0)
      throw refusal(
        'a secret stands in what was given',
        'say it without: waivers are kept in gatekit.yaml, for all to read',
      )
    const document = parseDocument(await readFile(project.configFile, 'utf8'))
    const list = document.get('waivers')
    const entry = document.createNode(parsed.data)
    if (isSeq(list)) list.add(entry)
    else document.set('waivers', document.createNode([parsed.data]))
    await writeFileAtomic(project.configFile, document.toString({ lineWidth: 0 }))
    screen.print(
      `${check} is waived until ${parsed.data.expires} (${waiverDaysLeft(parsed.data, now)} days left, ${parsed.data.ticket}); it still runs. See ${relative(cwd, project.configFile)}.`,
    )
    return 0
  },
})
