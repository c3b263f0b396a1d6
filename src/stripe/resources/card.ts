import { defineResource } from '../define.ts'

/** Cards saved the old way; they are sources of a customer or external accounts of an account: docs.stripe.com/api/cards. */
export const cards = defineResource({ object: 'card', indexes: ['customer', 'account'] })
