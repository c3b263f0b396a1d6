/** A refinement for `expect`: at least one of its keys has to be there, for an empty one accepts everything. */
export const hasAny = (value: object): boolean => Object.values(value).some((each) => each !== undefined)

export const emptyExpect = { error: 'expect is empty: a check that expects nothing proves nothing' }
