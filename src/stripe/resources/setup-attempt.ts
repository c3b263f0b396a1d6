import { defineResource } from '../define.ts'

/** Attempts are made by confirming a setup intent and can only be listed. */
export const setupAttempts = defineResource({ object: 'setup_attempt', indexes: ['setup_intent'] })
