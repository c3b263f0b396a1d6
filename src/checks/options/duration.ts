import { durationSchema, parseDuration } from '../../config/duration.ts'

/** A duration in a check's options; milliseconds once read. */
export const durationMs = durationSchema.transform((text) => parseDuration(text) ?? 0)
