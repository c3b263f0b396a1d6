import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { attestCheck, digestOf, evidenceDigests } from '../../checks/attest.ts'
import { checks } from '../../checks/list.ts'
import type { Signer } from '../../config/signer.ts'
import { attest, isSignedBy, keepAttestation } from '../../evidence/attestation.ts'
import { runStatementName } from '../../evidence/run-statement.ts'
import { signText, verifyText } from '../../evidence/ssh-signature.ts'
import { personalType, statementOf } from '../../evidence/statement.ts'
import { selectEnvironment } from '../../gates/environment.ts'
import { readGit } from '../../gates/git.ts'
import { loadProject } from '../../gates/load.ts'
import { checkName, type Project } from '../../gates/project.ts'
import { planTimeResolver } from '../../gates/scope.ts'
import { fill } from '../../gates/template.ts'
import { usageError } from '../../kernel/errors.ts'
import type { ExitCode } from '../../kernel/exit.ts'
import { writeFileAtomic } from '../../kernel/files.ts'
import { didYouMean } from '../../kernel/suggest.ts'
import type { CommandContext } from '../define.ts'
import { keyFileOf } from './key-file.ts'

interface Signing {
  project: Project
  name: string
  signer: Signer
  keyFile: string
}

async function begin({ cwd, options }: CommandContext): Promise<Signing> {
  const config = options.config as string | undefined
  const project = await loadProject({ cwd, registry: checks, ...(config !== undefined && { configPath: config }) })
  const name = options.as as string
  const known = Object.keys(project.signers)
  const signer = Object.hasOwn(project.signers, name) ? project.signers[name] : undefined
  if (!signer) {
    const remedy = didYouMean(name, known) ?? 'add name and public key under signers: in gatekit.yaml'
    throw usageError(`${name} is not a signer of gatekit.yaml`, remedy)
  }
  const key = options.key as string
  return { project, name, signer, keyFile: keyFileOf(key, cwd) }
}

const wrongKey = ({ keyFile, name }: Signing) =>
  usageError(`${keyFile} is not the key that gatekit.yaml has for ${name}`, 'name the right one with --key')

/** Signs an `attest` check as its gate file words it now; refuses what the check would not count. */
export async function signCheck(context: CommandContext, id: string): Promise<ExitCode> {
  const { cwd, env, screen, signal, options: typed } = context
  const signing = await begin(context)
  const { project, name, signer, keyFile } = signing
  const found = project.gates.flatMap((gate) => gate.checks).find((check) => checkName(check) === id)
  if (found?.type !== 'attest') {
    const known = project.gates.flatMap((gate) => gate.checks.filter(({ type }) => type === 'attest').map(checkName))
    throw usageError(
      `${id} is no attest check`,
      didYouMean(id, known) ?? `attest checks: ${known.join(', ') || 'none'}`,
    )
  }
  const git = await readGit(project.rootDir, env)
  const environment = selectEnvironment(project, typed.env === undefined ? {} : { name: typed.env as string })
  const { value, unresolved } = fill(found.options, planTimeResolver({ environment, git, flags: [] }))
  if (unresolved[0])
    throw usageError(
      `\${${unresolved[0].template}} has no value: ${unresolved[0].problem}`,
      'name the environment with --env',
    )
  const options = attestCheck.options.parse(value)
  if (git.dirty && options.bind === 'git.sha')
    throw usageError(
      'the checkout has changes that are not committed',
      'commit or remove them: the signature is about the commit',
    )
  const world = {
    rootDir: project.rootDir,
    signal,
    git: { ...(git.sha && { sha: git.sha }), authors: git.authors ?? [] },
  }
  const digest = await digestOf(options.bind, world)
  if (digest === undefined)
    throw options.bind === 'git.sha'
      ? usageError('there is nothing to sign: there is no commit here', 'commit first, or bind the check to a file')
      : usageError(`there is nothing to sign: ${options.bind.file} is not there`)
  const evidence = await evidenceDigests(options.evidence, world)
  const gone = options.evidence.find((one) => 'file' in one && evidence.get(one.file) === undefined)
  if (gone && 'file' in gone) throw usageError(`${gone.file} is not there: what is signed must be seen`)
  const subject = {
    name: options.bind === 'git.sha' ? 'commit' : options.bind.file,
    digest: { [options.bind === 'git.sha' ? 'gitCommit' : 'sha256']: digest },
  }
  const shown = [...evidence].map(([name, sha256]) => ({ name, ...(sha256 && { sha256 }) }))
  screen.say(
    `${options.statement}\n  about ${subject.name} ${digest}${shown.map((one) => `\n  seen ${one.name}`).join('')}`,
  )
  const attestation = await attest(
    statementOf([subject], personalType, {
      check: id,
      statement: options.statement,
      signer: name,
      signedAt: new Date().toISOString(),
      evidence: shown,
    }),
    keyFile,
  )
  if (!(await isSignedBy(attestation, signer))) throw wrongKey(signing)
  const path = await keepAttestation(project.rootDir, attestation)
  // A commit with it would be another commit than the one that it speaks of.
  const keeping = options.bind === 'git.sha' ? 'keep it with the evidence of this commit' : 'commit it'
  screen.print(
    `${name} has signed ${id}: ${relative(cwd, join(project.rootDir, path))} (${keeping}; counts for ${options.expires})`,
  )
  return 0
}

/** Signs the statement of the last run, so that `gatekit verify --signed-by` can tell it from one that was made up. */
export async function signRun(context: CommandContext): Promise<ExitCode> {
  const signing = await begin(context)
  const { project, name, signer, keyFile } = signing
  const file = join(project.rootDir, project.outRoot, runStatementName)
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) throw usageError(`${relative(context.cwd, file)} is not there`, 'run the gates first')
  const signature = await signText(text, keyFile)
  if (!(await verifyText(text, signature, signer))) throw wrongKey(signing)
  await writeFileAtomic(`${file}.sig`, signature)
  context.screen.print(`${name} has signed the run: ${relative(context.cwd, file)}.sig`)
  return 0
}
