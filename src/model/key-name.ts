// Names of keys compare without letter case, and without the dot that may close them (dhcpd-conf reference §4.6).

export const keyName = (text: string): string => text.toLowerCase().replace(/\.$/, '');
