import { describeShell } from './shell-suite.ts';

describeShell('busybox ash');
