/** Holds what fails inside of it: a piece must not take its screen along, nor a screen the page. */
import { Component, type ReactNode } from 'react'
import { Failure } from './states'

interface Props {
  children: ReactNode
  /** A piece of a screen, not the whole of it. */
  small?: boolean
}

export class Guard extends Component<Props, { failure: unknown }> {
  override state: { failure: unknown } = { failure: null }

  static getDerivedStateFromError(failure: unknown) {
    return { failure }
  }

  override render() {
    const { failure } = this.state
    const { children, small } = this.props
    return failure === null ? children : <Failure failure={failure} small={small} heading={!small} reload />
  }
}
