import { dirname, relative, resolve } from 'node:path'
import { readYamlFile } from '../config/find.ts'
import { expandGlob, isGlob } from '../config/glob.ts'
import { GatekitError, type Problem } from '../kernel/errors.ts'
import type { Path, YamlSource } from '../kernel/place.ts'
import { schemaProblems } from '../kernel/schema-problems.ts'
import { type GateFile, gateSchema, usedGateSchema } from './schema.ts'

/** A check as written, not validated yet. */
export interface RawCheck {
  value: unknown
  source: YamlSource
  path: Path
}

/** A gate put together from its entry in gatekit.yaml and the files that it uses. */
export interface RawGate {
  id: string
  file: GateFile
  checks: RawCheck[]
  /** Where the gate's own keys stand. */
  source: YamlSource
  path: Path
}

export interface GateReader {
  cwd: string
  rootDir: string
  problems: Problem[]
  /** Every source that was read, for the digest and the search for secrets. */
  sources: YamlSource[]
}

/** Reads one entry of `gates:`: a gate, or the path of a file with one. Problems are collected; undefined when nothing can be made of it. */
export async function readGate(entry: unknown, source: YamlSource, path: Path, reader: GateReader) {
  if (typeof entry !== 'string') return parseGate(entry, source, path, resolve(reader.rootDir), reader)
  const files = await filesOf(entry, reader.rootDir, source.place(path), reader)
  if (files.length > 1) {
    reader.problems.push({
      title: `${entry} matches ${files.length} files`,
      place: source.place(path),
      remedy: 'an entry of gates is one gate; several files make one gate with { id, uses: [...] }',
    })
  }
  const [file] = files
  const gateSource = file === undefined ? undefined : await read(file, source.place(path), reader)
  if (file === undefined || gateSource?.value === undefined) return undefined
  return parseGate(gateSource.value, gateSource, [], dirname(file), reader)
}

async function parseGate(
  value: unknown,
  source: YamlSource,
  path: Path,
  dir: string,
  reader: GateReader,
): Promise<RawGate | undefined> {
  const parsed = gateSchema.safeParse(value, { reportInput: true })
  if (!parsed.success) reader.problems.push(...schemaProblems(parsed.error.issues, gateSchema, source, { base: path }))
  const raw = (typeof value === 'object' ? value : undefined) as Partial<GateFile> | undefined
  if (typeof raw?.id !== 'string') return undefined
  const file: GateFile = parsed.success ? parsed.data : { needs: [], inputs: [] }
  const checks = Array.isArray(raw.checks) ? raw.checks : []
  const gate: RawGate = { id: raw.id, file, checks: checksOf(checks, source, path), source, path }
  for (const [index, pattern] of (file.uses ?? []).entries()) {
    await addUsed(gate, pattern, [...path, 'uses', index], dir, reader)
  }
  const isEmpty = gate.checks.length === 0 && file.checks === undefined && file.uses === undefined
  if (isEmpty && parsed.success) {
    const place = source.place([...path, 'id'], 'key')
    reader.problems.push({ title: `gate "${gate.id}" has no checks`, place, remedy: 'add checks: or uses:' })
  }
  return gate
}

/** A single used file lends the gate what its entry leaves open; with several, only checks, needs and floors can be put together. */
async function addUsed(gate: RawGate, pattern: string, at: Path, dir: string, reader: GateReader): Promise<void> {
  const place = gate.source.place(at)
  const own = gate.file
  let floor = 0
  for (const path of await filesOf(pattern, dir, place, reader)) {
    const source = await read(path, place, reader)
    if (source?.value === undefined) continue
    const parsed = usedGateSchema.safeParse(source.value, { reportInput: true })
    if (!parsed.success) {
      reader.problems.push(...schemaProblems(parsed.error.issues, usedGateSchema, source))
      continue
    }
    if (parsed.data.uses) {
      const title = 'a used file cannot use others'
      reader.problems.push({
        title,
        place: source.place(['uses'], 'key'),
        remedy: 'name those files in the gate itself',
      })
    }
    if (parsed.data.when && (isGlob(pattern) || (own.uses?.length ?? 0) > 1)) {
      const title = '"when" of one of several files would not hold for the gate'
      reader.problems.push({
        title,
        place: source.place(['when'], 'key'),
        remedy: 'move it to the checks or to the gate',
      })
    }
    gate.checks.push(...checksOf(parsed.data.checks ?? [], source, []))
    floor += parsed.data.minChecks ?? 0
    const { id: _, checks: __, uses: ___, needs, inputs, minChecks: ____, ...lent } = parsed.data
    gate.file = {
      ...lent,
      ...dropUndefined(gate.file),
      needs: [...new Set([...gate.file.needs, ...needs])],
      inputs: [...new Set([...gate.file.inputs, ...inputs])],
    }
  }
  if (own.minChecks === undefined && floor > 0)
    gate.file = { ...gate.file, minChecks: (gate.file.minChecks ?? 0) + floor }
}

const checksOf = (values: readonly unknown[], source: YamlSource, path: Path): RawCheck[] =>
  values.map((value, index) => ({ value, source, path: [...path, 'checks', index] }))

const dropUndefined = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as T

async function filesOf(pattern: string, dir: string, place: Problem['place'] & object, { problems }: GateReader) {
  if (!isGlob(pattern)) return [resolve(dir, pattern)]
  const files = await expandGlob(dir, pattern)
  if (files.length === 0) {
    problems.push({ title: `no file matches ${pattern}`, place, remedy: 'correct the pattern or write the file' })
  }
  return files
}

async function read(
  path: string,
  place: Problem['place'] & object,
  reader: GateReader,
): Promise<YamlSource | undefined> {
  try {
    const source = await readYamlFile(path, reader.cwd)
    reader.sources.push(source)
    reader.problems.push(...source.problems)
    return source
  } catch (error) {
    if (!(error instanceof GatekitError)) throw error
    const shown = relative(reader.rootDir, path)
    reader.problems.push({ title: `${shown} cannot be read`, place, remedy: 'correct the path, or write the file' })
    return undefined
  }
}
