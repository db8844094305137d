import { ApiProperty } from '@nestjs/swagger';
import { LabelsView } from '../resources/resources.controller.js';


export class MapCategory {
  @ApiProperty({ type: String }) slug!: string;
  @ApiProperty({ type: LabelsView }) label!: LabelsView;
  @ApiProperty({ type: String, nullable: true }) family!: string | null;
  @ApiProperty({ type: String, description: 'Unit a year.' }) unit!: string;
}

/** Columns instead of rows: entry n of each belongs to the same site. */
export class MapSites {
  @ApiProperty({ type: [String] }) id!: string[];
  @ApiProperty({ type: [String] }) companyId!: string[];
  @ApiProperty({ type: [String], description: 'Name of the company.' }) company!: string[];
  @ApiProperty({ type: 'array', items: { type: 'string', nullable: true } }) commune!: (string | null)[];
  @ApiProperty({ type: [Number], description: 'Degrees, WGS 84.' }) longitude!: number[];
  @ApiProperty({ type: [Number] }) latitude!: number[];
}

/** Columns: entry n of each belongs to the same flow. */
export class MapFlows {
  @ApiProperty({ type: [String] }) id!: string[];
  @ApiProperty({ type: [Number], description: 'Place in `sites`.' }) site!: number[];
  @ApiProperty({ type: [Number], description: 'Place in `categories`.' }) category!: number[];
  @ApiProperty({ type: [Number], description: '0: output, 1: input.' }) direction!: number[];
  @ApiProperty({ type: 'array', items: { type: 'number', nullable: true }, description: 'A year, in the unit of the category; null: unknown.' }) quantity!: (number | null)[];
}

export class MapBody {
  @ApiProperty({ type: [MapCategory] }) categories!: MapCategory[];
  @ApiProperty({ type: MapSites }) sites!: MapSites;
  @ApiProperty({ type: MapFlows }) flows!: MapFlows;
  @ApiProperty({ type: Number, description: 'Sites that have no place yet, and are not on the map.' }) withoutPlace!: number;
}

/** A line between two sites; both ends are given, since one may be a neighbour's across a border. */
export class MapLink {
  @ApiProperty({ type: String, description: 'Of the lead, the introduction or the synergy.' }) id!: string;
  @ApiProperty({ enum: ['lead', 'introduction', 'synergy'] }) kind!: 'lead' | 'introduction' | 'synergy';
  @ApiProperty({ type: String, description: 'Category of the output.' }) category!: string;
  @ApiProperty({ type: LabelsView }) label!: LabelsView;
  @ApiProperty({ type: String, nullable: true }) family!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Step of an introduction.' }) step!: string | null;
  @ApiProperty({ type: Number, nullable: true, description: 'Points of a lead.' }) points!: number | null;
  @ApiProperty({ type: String, description: 'Company that the output comes from.' }) from!: string;
  @ApiProperty({ type: String }) to!: string;
  @ApiProperty({ type: [Number], description: 'Longitude and latitude of both ends: output, then input.' }) line!: number[];
}

export class MapLinks {
  @ApiProperty({ type: [MapLink] }) links!: MapLink[];
}

export class MapSettings {
  @ApiProperty({ type: String, nullable: true, description: 'Address of raster tiles with {z}, {x} and {y}; null: none, no other host is asked.' }) tilesUrl!: string | null;
  @ApiProperty({ type: String, nullable: true, description: 'Credit line of the tiles.' }) tilesCredit!: string | null;
}
