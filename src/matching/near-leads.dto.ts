import { ApiProperty } from '@nestjs/swagger';

const WHY = ['withdrawn', 'without-place', 'unknown-category'] as const;

export class NearLeadsView {
  @ApiProperty({ type: Number, description: 'Version of the flow that was looked at.' }) version!: number;
  @ApiProperty({ type: Number, description: 'Pairs with this flow that a run begun now could list: past every gate and at or above the threshold.' }) leads!: number;
  @ApiProperty({ enum: WHY, nullable: true, description: 'Why no run can look at the flow; null: it can.' }) unmatchable!: (typeof WHY)[number] | null;
}
