import type { Change } from '../change.ts'

/** A backend that is right in another style, and must stay green. */
export interface VariantDefinition extends Change {
  /** `correct`: another architecture; `noise`: something that looks odd and is no defect. */
  kind: 'correct' | 'noise'
  /** Changes of the contract that go with it, such as a renamed route. */
  contract?(text: string): string
}

/** Makes a variant; one file under src/backend/variants/ exports one. */
export const defineVariant = (definition: VariantDefinition): VariantDefinition => definition
