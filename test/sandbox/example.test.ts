import '../../examples/refund.test.ts'
