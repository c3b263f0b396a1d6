import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import { defaultsSchema } from '../config/defaults.ts'
import { embeddedEnvironment, embeddedName, environmentSchema } from '../config/environment.ts'
import { findConfig, readYamlFile } from '../config/find.ts'
import { GatekitError, type Problem } from '../kernel/errors.ts'
import type { YamlSource } from '../kernel/place.ts'
import { schemaProblems } from '../kernel/schema-problems.ts'
import { secretProblems } from '../kernel/secret-problems.ts'
import { buildGate } from './build.ts'
import { type GateReader, type RawGate, readGate } from './gate-files.ts'
import { duplicateProblems, type Names, namesOf, needProblems, templateProblems } from './links.ts'
import { optionProblems } from './options.ts'
import { orderByNeeds } from './order.ts'
import { loadPlugins } from './plugins.ts'
import { type CheckRegistry, checkName, type Gate, gatesBefore, type Project } from './project.ts'
import { readQuarantine } from './quarantine.ts'
import { environmentProblems, profileProblems, readWaivers } from './references.ts'
import { type ProjectFile, projectSchema } from './schema.ts'
import { loadDefinitions } from './types.ts'

export interface LoadOptions {
  cwd: string
  /** Default: the nearest gatekit.yaml in `cwd` or above. */
  configPath?: string
  /** Where outputs go and the paths in checks begin; default: the folder of gatekit.yaml. */
  rootDir?: string
  registry: CheckRegistry
}

/**
 * Reads gatekit.yaml and its gate files. Throws one GatekitError (exit 2) with every problem that was found, each with its place;
 * nothing has run then.
 */
export async function loadProject({ cwd, configPath, rootDir: outputDir, registry }: LoadOptions): Promise<Project> {
  const configFile = await findConfig(cwd, configPath)
  const source = await readYamlFile(configFile, cwd)
  const rootDir = dirname(configFile)
  const reader: GateReader = { cwd, rootDir, problems: [...source.problems], sources: [source] }
  const { problems } = reader
  if (source.value === undefined) throw new GatekitError([...problems, ...secretProblems([source])])

  const file = readProjectFile(source, problems)
  const raws: RawGate[] = []
  for (const [index, entry] of file.gates.entries()) {
    const raw = await readGate(entry, source, ['gates', index], reader)
    if (raw) raws.push(raw)
  }
  const gates = raws.map((raw) => buildGate(raw, file.defaults, problems))
  const names = namesOf(raws)
  const types = await loadPlugins(file.plugins, rootDir, registry, source, problems)
  const definitions = await loadDefinitions(gates, types, problems)
  for (const check of gates.flatMap((gate) => gate.checks)) {
    const definition = definitions.get(check.type)
    if (definition) problems.push(...optionProblems(check, definition), ...templateProblems(check, definition, names))
  }
  problems.push(...linkProblems(file, source, raws, gates, names))
  const waivers = readWaivers(file.waivers, source, names, problems)
  const quarantine = readQuarantine(file.quarantine, source, names.checks, problems)
  problems.push(...secretProblems(reader.sources))
  if (problems.length > 0) throw new GatekitError(inOrder(problems))

  return {
    name: file.project,
    rootDir: outputDir ?? rootDir,
    configFile,
    environments: environmentsOf(file),
    defaults: file.defaults,
    profiles: Object.fromEntries(Object.entries(file.profiles).map(([name, profile]) => [name, profileOf(profile)])),
    gates: orderByNeeds(gates, (gate) => gate.id, gatesBefore).order.map((gate) => withOrderedChecks(gate, names)),
    signers: file.signers,
    waivers,
    quarantine,
    definitions,
    configSha256: digest(reader.sources),
    outRoot: file.defaults.evidenceDir.slice(0, file.defaults.evidenceDir.indexOf('{')).replace(/\/[^/]*$/, ''),
  }
}

/** Even a file with problems is read as far as it goes, so that all of them are told at once. */
function readProjectFile(source: YamlSource, problems: Problem[]): ProjectFile {
  const parsed = projectSchema.safeParse(source.value, { reportInput: true })
  if (parsed.success) return parsed.data
  problems.push(...schemaProblems(parsed.error.issues, projectSchema, source))
  const raw = (source.value ?? {}) as Record<string, unknown>
  const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
  const shape = projectSchema.shape
  const orElse = <T>(result: { success: true; data: T } | { success: false }, fallback: T): T =>
    result.success ? result.data : fallback
  return {
    version: 1,
    project: '',
    environments: readEnvironments(raw.environments),
    defaults: orElse(shape.defaults.safeParse(raw.defaults), defaultsSchema.parse({})),
    profiles: orElse(shape.profiles.safeParse(raw.profiles), {}),
    gates: list(raw.gates),
    signers: orElse(shape.signers.safeParse(raw.signers), {}),
    waivers: list(raw.waivers),
    quarantine: list(raw.quarantine),
    plugins: list(raw.plugins).filter((each) => typeof each === 'string'),
  }
}

/** An environment that is not in order still has a name that others may mention. */
function readEnvironments(raw: unknown): ProjectFile['environments'] {
  const entries = typeof raw === 'object' && raw !== null ? Object.entries(raw) : []
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      environmentSchema.safeParse(value).data ?? environmentSchema.parse({ mode: 'test' }),
    ]),
  )
}

function linkProblems(file: ProjectFile, source: YamlSource, raws: RawGate[], gates: Gate[], names: Names): Problem[] {
  return [
    ...duplicateProblems(gates),
    ...needProblems(raws, gates, names),
    ...environmentProblems(file, source, gates),
    ...profileProblems(file, source, names),
  ]
}

const environmentsOf = (file: ProjectFile): Project['environments'] => ({
  ...Object.fromEntries(
    Object.entries(file.environments).map(([name, each]) => [name, { ...each, name, embedded: false }]),
  ),
  [embeddedName]: embeddedEnvironment,
})

const profileOf = (profile: ProjectFile['profiles'][string]) =>
  Array.isArray(profile) ? { gates: profile, partial: false, ignore: [] } : profile

/** In the order of their needs; a need that is no check came from a template such as `${env.name}`. */
function withOrderedChecks(gate: Gate, { checks: known }: Names): Gate {
  const checks = gate.checks.map((check) => ({ ...check, needs: check.needs.filter((need) => known.includes(need)) }))
  return { ...gate, checks: orderByNeeds(checks, checkName, (check) => check.needs).order }
}

function digest(sources: readonly YamlSource[]): string {
  const hash = createHash('sha256')
  for (const { text } of sources) hash.update(`${text.length}\n${text}`)
  return hash.digest('hex')
}

/** By place, as a reader of the files meets them; the same thing only once. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const key = ({ title, place }: Problem) => `${title}@${place?.file}:${place?.line}:${place?.column}`
  const unique = problems.filter(
    (problem, index) => problems.findIndex((other) => key(other) === key(problem)) === index,
  )
  const rank = ({ place }: Problem) => [place?.file ?? '', place?.line ?? 0, place?.column ?? 0] as const
  return unique.sort((a, b) => {
    const [fileA, lineA, columnA] = rank(a)
    const [fileB, lineB, columnB] = rank(b)
    return fileA === fileB ? lineA - lineB || columnA - columnB : fileA < fileB ? -1 : 1
  })
}
