export { durationSchema, formatDuration, parseDuration } from '../kernel/duration.ts'
