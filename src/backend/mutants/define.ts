import type { Change } from '../change.ts'

/** A defect put in on purpose, to see whether a gate notices. Never runs with a live key, and says of itself what it is. */
export interface MutantDefinition extends Change {
  /** Which defect it is, as the probes are numbered; more than one probe may be the one that names it. */
  defect: string | readonly string[]
  /** Changes of the contract that go with it: what must be declared for it to be seen. */
  contract?(text: string): string
  /** Where the same behaviour was read in a repository of the first users. */
  seen?: string
}

/** Makes a mutant; one file under src/backend/mutants/ exports one. */
export const defineMutant = (definition: MutantDefinition): MutantDefinition => definition
