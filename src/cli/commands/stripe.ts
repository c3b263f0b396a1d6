import { resolve } from 'node:path'
import { usageError } from '../../kernel/errors.ts'
import { exitCodes } from '../../kernel/exit.ts'
import { defineCommand } from '../define.ts'

/** `gatekit stripe diff <old> <new>`: what another version of the stripe package changes in the API it speaks. */
export const stripe = defineCommand({
  name: 'stripe',
  summary: 'diff two versions of the stripe package: operations, parameters, fields, values and events',
  configure(command) {
    command
      .argument('<verb>', 'diff')
      .argument('<old>', 'folder of a stripe package, or a catalogue file')
      .argument('<new>', 'the same, of the other version')
      .addHelpText('after', '\nExample: gatekit stripe diff node_modules/stripe ../next/node_modules/stripe')
  },
  async run({ args, cwd, screen }) {
    const [verb, before = '', after = ''] = args
    if (verb !== 'diff') throw usageError(`stripe ${verb}: no such verb`, 'use diff')
    const { compareCatalogues } = await import('../../stripe/catalogue-diff/compare.ts')
    const { readSource } = await import('../../stripe/catalogue-diff/read.ts')
    const { renderDiff } = await import('../../stripe/catalogue-diff/render.ts')
    const diff = compareCatalogues(await readSource(resolve(cwd, before)), await readSource(resolve(cwd, after)))
    screen.print(screen.json ? JSON.stringify(diff, null, 2) : renderDiff(diff))
    return exitCodes.pass
  },
})
