export { isPublicAddress, isPublicHost } from './addresses.js';
export {
  createEgress,
  type Egress,
  type EgressOptions,
  type EgressRequest,
  type EgressResponse,
} from './egress.js';
export { EgressError, type EgressErrorKind } from './egress-error.js';
