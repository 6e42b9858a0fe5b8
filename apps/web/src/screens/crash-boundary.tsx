import { Component, type ReactNode } from 'react';
import { CrashPage } from './system.js';

interface Failure {
  error: unknown;
}

/** Catches what happens around the router, whose own screens have a boundary each. */
export class CrashBoundary extends Component<{ children: ReactNode }, { failure: Failure | null }> {
  override state: { failure: Failure | null } = { failure: null };

  static getDerivedStateFromError(error: unknown) {
    return { failure: { error } };
  }

  override render() {
    const { failure } = this.state;
    return failure ? <CrashPage error={failure.error} /> : this.props.children;
  }
}
