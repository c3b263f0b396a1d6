import type { Given } from '../wire.ts'
import type { Person } from './requirements.ts'

/** What the API takes of a person; numbers are checked and not kept. */
export interface PersonInput {
  dob?: { day?: number; month?: number; year?: number } | null | undefined
  id_number?: string | null | undefined
  ssn_last_4?: string | null | undefined
  relationship?: object | null | undefined
  verification?: { document?: { front?: string | null } | null } | null | undefined
  [field: string]: unknown
}

/** The numbers and birthdays of docs.stripe.com/connect/testing#test-dobs that fail to verify. */
const mismatchingNumber = '111111111'
const mismatchingYear = 1902

/** The fields of a person that its input decides, laid over what was known of it. */
export function personFields(input: PersonInput, known?: Person): Given<Person> {
  const { dob, id_number, ssn_last_4, relationship, verification: given, ...plain } = input
  const names = { ...plain } as Record<string, unknown>
  delete names.expand
  delete names.person_token
  delete names.documents
  const birthday = dob ? { day: dob.day ?? null, month: dob.month ?? null, year: dob.year ?? null } : known?.dob
  const document = given?.document?.front ?? known?.verification?.document?.front ?? null
  const hadMismatch = known?.verification?.details_code === 'failed_keyed_identity'
  const numberFails = id_number ? id_number === mismatchingNumber : hadMismatch
  const fails = !document && (numberFails || birthday?.year === mismatchingYear)
  const isKnown = Boolean(id_number ?? ssn_last_4 ?? known?.id_number_provided)
  return {
    ...(names as Given<Person>),
    ...(birthday && { dob: birthday }),
    id_number_provided: Boolean(id_number) || known?.id_number_provided === true,
    ssn_last_4_provided: Boolean(ssn_last_4 ?? id_number) || known?.ssn_last_4_provided === true,
    relationship: {
      authorizer: false,
      director: false,
      executive: false,
      legal_guardian: null,
      owner: false,
      percent_ownership: null,
      representative: false,
      title: null,
      ...known?.relationship,
      ...relationship,
    },
    verification: {
      additional_document: { back: null, details: null, details_code: null, front: null },
      details: fails ? 'Provided identity information could not be verified' : null,
      details_code: fails ? 'failed_keyed_identity' : null,
      document: { back: null, details: null, details_code: null, front: document },
      status: fails ? 'unverified' : isKnown || document ? 'verified' : 'unverified',
    },
  }
}
