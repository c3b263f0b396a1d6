import { defineCommand } from '../define.ts'

/** `gatekit verify qa/`: the deploy job asks again whether there is positive evidence, for this commit and environment, whole and young. */
export const verify = defineCommand({
  name: 'verify',
  summary: 'look again at the evidence of a run: commit, environment, age, every file re-hashed',
  configure(command) {
    command
      .argument('[dir]', 'the folder of the outputs', 'qa')
      .option('--commit <sha>', 'the commit that is to be deployed')
      .option('--env <name>', 'the environment that must have been judged')
      .option('--profile <name>', 'the profile that must have been run')
      .option('--max-age <duration>', 'such as 2h; default: as long as the run said it is valid')
      .option('--signed-by <names>', 'signers or roles of gatekit.yaml, one of whom signed the run (comma separated)')
      .option('--config <file>', 'a gatekit.yaml other than the nearest')
      .option('--json', 'print the verification as JSON')
  },
  async run({ args, options, cwd, screen }) {
    const { resolve } = await import('node:path')
    const { combineExitCodes } = await import('../../kernel/exit.ts')
    const { usageError } = await import('../../kernel/errors.ts')
    const { parseDuration } = await import('../../kernel/duration.ts')
    const { verifyRun } = await import('../../evidence/verify.ts')
    const { nearestConfig } = await import('../../config/find.ts')
    const text = (name: string): string | undefined => options[name] as string | undefined
    const maxAge = text('maxAge')
    const maxAgeMs = maxAge === undefined ? undefined : parseDuration(maxAge)
    if (maxAge !== undefined && maxAgeMs === undefined)
      throw usageError(`--max-age ${maxAge} is no duration`, 'such as 2h or 30m')
    const commit = text('commit')
    if (commit !== undefined && !/^[0-9a-f]{40,64}$/.test(commit)) {
      throw usageError('--commit takes a whole commit id of 40 hex digits', 'git rev-parse HEAD')
    }
    const signedBy = text('signedBy')
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean)
    const config = text('config')
    const isConfigured = config !== undefined || (await nearestConfig(cwd)) !== undefined
    const project = isConfigured
      ? (await (await import('../gate-run/project.ts')).openProject(cwd, config)).project
      : undefined
    if (signedBy && !project) throw usageError('--signed-by needs a gatekit.yaml with signers', 'gatekit init')
    const { objections, run, files } = await verifyRun({
      qaDir: resolve(cwd, args[0] ?? 'qa'),
      commit,
      environment: text('env'),
      profile: text('profile'),
      maxAgeMs,
      configSha256: project?.configSha256,
      signedBy,
      signers: project?.signers ?? {},
      now: Date.now(),
    })
    const exitCode = objections.length === 0 ? 0 : combineExitCodes(objections.map((one) => one.exitCode))
    if (screen.json) {
      screen.print(
        JSON.stringify({ verified: objections.length === 0, exitCode, files, runId: run?.runId, objections }),
      )
      return exitCode
    }
    for (const { code, text } of objections) screen.complain(`${code}: ${text}`)
    const about = run ? `${run.environment.name} ${run.commit?.slice(0, 12) ?? '(no commit)'} ${run.runId}` : 'no run'
    screen.print(
      objections.length === 0
        ? `VERIFIED  ${about}: ${run!.gates.length} gates PASS, ${files} files as recorded, valid until ${run!.validUntil}`
        : `NOT VERIFIED  ${about}: ${objections.length} objections (exit ${exitCode})`,
    )
    return exitCode
  },
})
