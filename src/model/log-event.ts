// logEvent() declares one loggable fact. docs/log-events.md is generated from the declarations of every room.

export type LogLevel = 'debug' | 'info' | 'error' | 'fatal';

export interface LogEvent<Fields extends object> {
  /** Stable, upper case: `LEASE_GRANTED`. */
  readonly id: string;
  readonly level: LogLevel;
  /** The line as dhcpd prints it, where dhcpd prints one. */
  readonly text: (fields: Fields) => string;
  /** A sentence or two for the operator who meets it. */
  readonly help: string;
}

export const logEvent = <Fields extends object>(event: LogEvent<Fields>): LogEvent<Fields> => event;
