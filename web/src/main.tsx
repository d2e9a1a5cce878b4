import { Modules } from '@lifeline/client/modules';

import { mountPage } from './mount';

mountPage(new Modules());
