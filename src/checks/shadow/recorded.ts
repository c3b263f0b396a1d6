import { z } from 'zod'
import { readText } from '../files/content.ts'
import type { Sample } from './compare.ts'

/** A line of a samples file. `repeat` is what the one in charge said when it was asked once more. */
const lineSchema = z.object({
  operation: z.string().optional(),
  baseline: z.json(),
  repeat: z.json().optional(),
  candidate: z.json(),
  at: z.iso.datetime({ offset: true }).optional(),
})

/** A line of a samples file is not what it should be. */
export class BrokenSample extends Error {
  override readonly name = 'BrokenSample'
}

export interface Recorded {
  samples: Sample[]
  /** Left out for being from before the time asked for, or without a time. */
  old: number
}

/** Reads samples recorded as JSON lines, those of one operation where it is named, and none from before `since` (epoch milliseconds). */
export async function readSamples(
  path: string,
  filter: { operation?: string | undefined; since?: number | undefined },
): Promise<Recorded> {
  const recorded: Recorded = { samples: [], old: 0 }
  for (const [index, line] of (await readText(path)).split('\n').entries()) {
    if (line.trim() === '') continue
    const { operation, baseline, repeat, candidate, at } = parseLine(line, index + 1)
    if (filter.operation !== undefined && operation !== filter.operation) continue
    if (filter.since !== undefined && !(at !== undefined && Date.parse(at) >= filter.since)) recorded.old++
    else recorded.samples.push({ baselines: repeat === undefined ? [baseline] : [baseline, repeat], candidate })
  }
  return recorded
}

function parseLine(line: string, number: number): z.output<typeof lineSchema> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new BrokenSample(`line ${number} is not JSON`)
  }
  const parsed = lineSchema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new BrokenSample(
    `line ${number}: ${parsed.error.issues[0]?.path.join('.')}: ${parsed.error.issues[0]?.message}`,
  )
}
