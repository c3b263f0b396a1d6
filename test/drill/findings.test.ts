import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { codes, type FindingExit } from '../../src/drill/findings.ts'
import { packageFile } from '../../src/kernel/package.ts'

/** What users build on: the exit class of each code. Everything else is 1: the backup is bad, or a budget is broken. */
const classes: Partial<Record<FindingExit, string>> = {
  3:
    'DUMP_NEWER ENCRYPTED_NO_KEY ENGINE_DIED ENGINE_UNAVAILABLE EXTENSION_UNAVAILABLE INTERRUPTED LOCALE_UNAVAILABLE LOCKED ' +
    'MANIFEST_INVALID NO_SPACE REDIS_UNREACHABLE SOURCE_UNREACHABLE TIMEOUT UNSUPPORTED',
  6: 'HOSTILE_DUMP NOT_SCRATCH OUTSIDE_DIR TARGET_IS_SOURCE TARGET_NOT_EMPTY',
  0: 'NOT_PROBED',
}

test('what could not be verified, what is unsafe and what is bad are told apart by the exit code', () => {
  const of = (wanted: number) =>
    Object.entries(codes)
      .filter(([, { exit }]) => exit === wanted)
      .map(([code]) => code)
      .sort()
      .join(' ')
  for (const [exit, names] of Object.entries(classes)) assert.equal(of(Number(exit)), names)
})

/** Tests that only name codes, and make no such fault. */
const onlyNaming = /findings\.test\.ts$|\/(?:page|budget)\/|classify\.test\.ts$/

test('every code is one that a test has seen a drill, or a gate over its evidence, end with', () => {
  const folders = ['test/drill', 'test/crash', 'test/checks'].map(packageFile)
  const files = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  const tests = files.filter((path) => path.endsWith('.ts') && !onlyNaming.test(path))
  const seen = new Set(tests.flatMap((path) => readFileSync(path, 'utf8').match(/\b[A-Z][A-Z_]{3,}\b/g) ?? []))
  assert.deepEqual(
    Object.keys(codes).filter((code) => !seen.has(code)),
    [],
  )
})
