import { describeShell } from './shell-suite.ts';

describeShell('dash as sh');
